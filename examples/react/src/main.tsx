// A small chat: sign in, a list of rooms, and one room. Everything that is hard is in the SDK; the hooks render its state.
import { StrictMode, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { ChatProvider } from "realtime-chat/react";
import { type Chat, createChat } from "realtime-chat/sdk";
import { Rooms } from "./rooms.tsx";
import { SignIn } from "./sign-in.tsx";

/** Where the chat server is: `?server=https://chat.example.org`. It must name this page in CORS_ORIGINS. */
const url = new URLSearchParams(location.search).get("server") ?? "http://localhost:8000";

function App() {
  const [token, setToken] = useState(() => sessionStorage.getItem("token"));
  const [chat, setChat] = useState<Chat | null>(null);

  // One connection for the whole page: created with the session, closed with it.
  useEffect(() => {
    if (!token) return;
    sessionStorage.setItem("token", token);
    const created = createChat({ url, token, storage: localStorage });
    setChat(created);
    const unsubscribe = created.connection.subscribe(() => {
      const { reason } = created.connection.getSnapshot();
      if (reason !== "unauthorized" && reason !== "logged_out") return;
      sessionStorage.removeItem("token");
      setToken(null);
    });
    return () => {
      unsubscribe();
      created.close();
      setChat(null);
    };
  }, [token]);

  if (!token) return <SignIn url={url} onSignedIn={setToken} />;
  if (!chat) return null;
  return (
    <ChatProvider chat={chat}>
      <Rooms />
    </ChatProvider>
  );
}

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
