// Where the browser comes back to from a provider: the session begins, or the provider's account is linked, or a sentence says why not.
import { useEffect, useState } from "preact/hooks";
import { ChatError, finishSignOn } from "../../../../sdk/index.ts";
import { serverUrl as url } from "../../state/base.ts";
import { listHref, replaceRoute } from "../../state/route.ts";
import { chat, startSession } from "../../state/session.ts";
import { type PendingSignOn, takePending } from "../../state/sign-on.ts";
import { errorText, toast } from "../../state/toasts.ts";
import { Card } from "./card.tsx";

/** One code is brought to the server once, however often this is rendered. */
const underWay = new Map<string, Promise<void>>();

export function SignOnReturn({ code }: { code: string }) {
  const [error, setError] = useState<unknown>(null);
  const [session] = useState(() => chat.peek());

  useEffect(() => {
    let finishing = underWay.get(code);
    if (!finishing) {
      finishing = finish(code, takePending());
      underWay.set(code, finishing);
    }
    finishing.catch(setError);
  }, [code]);

  if (error === null) return <div class="splash" role="status" aria-busy="true" aria-label="Logging you in" />;
  return (
    <Card>
      <h1>{session ? "Nothing was linked" : "You’re not logged in"}</h1>
      <p class="lead" role="alert">
        {errorText(error)}
      </p>
      <button type="button" class="button primary wide" autofocus onClick={() => replaceRoute(listHref("chats"))}>
        {session ? "Go to your chats" : "Back to the log-in"}
      </button>
    </Card>
  );
}

async function finish(code: string, pending: PendingSignOn | null) {
  if (!pending) throw refused("This log-in was begun in another window. Go on there, or begin again.");
  const { verifier, isLinking, from } = pending;
  if (isLinking) {
    const session = chat.peek();
    if (!session) throw refused("You’ve been logged out meanwhile. Log in, and link the account again.");
    const { label } = await (await session.identities()).finish({ code, verifier });
    toast(`You can log in with ${label} from now on.`);
  } else {
    const { token } = await finishSignOn({ url, code, verifier });
    // Whoever else was logged in here leaves first.
    chat.peek()?.close();
    startSession(token);
  }
  replaceRoute(from.startsWith("#/sign-on/") ? listHref("chats") : from);
}

const refused = (sentence: string) => new ChatError("forbidden", sentence);
