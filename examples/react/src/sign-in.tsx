import { type FormEvent, useState } from "react";
import { signIn, signUp } from "realtime-chat/sdk";

interface SignInProps {
  url: string;
  onSignedIn: (token: string) => void;
}

export function SignIn({ url, onSignedIn }: SignInProps) {
  const [isNew, setNew] = useState(false);
  const [error, setError] = useState("");

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const [username, password, email] = ["username", "password", "email"].map((name) => String(fields.get(name)));
    try {
      if (isNew) await signUp({ url, username: username!, password: password!, email: email! });
      onSignedIn((await signIn({ url, username: username!, password: password! })).token);
    } catch (failure) {
      setError((failure as Error).message);
    }
  }

  return (
    <form className="sign-in" onSubmit={submit}>
      <h1>{isNew ? "Create an account" : "Sign in"}</h1>
      <label>
        Username
        <input name="username" autoComplete="username" required />
      </label>
      {isNew && (
        <label>
          Email
          <input name="email" type="email" autoComplete="email" required />
        </label>
      )}
      <label>
        Password
        <input name="password" type="password" autoComplete={isNew ? "new-password" : "current-password"} required />
      </label>
      {error && <p role="alert">{error}</p>}
      <button type="submit">{isNew ? "Sign up" : "Sign in"}</button>
      <button type="button" className="link" onClick={() => setNew(!isNew)}>
        {isNew ? "I have an account" : "I am new here"}
      </button>
    </form>
  );
}
