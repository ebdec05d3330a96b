// Logging in, and making an account.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { ChatError, signIn, signUp } from "../../../sdk/index.ts";
import { beginSession, farewell } from "../state/session.ts";
import { wordsFor } from "../state/toasts.ts";
import { Field } from "../ui/field.tsx";

const url = "/";

export function SignIn() {
  const [isNew, setNew] = useState(false);
  const [notice, setNotice] = useState(farewell.peek()?.text);
  /** What the log-in form begins with. */
  const [name, setName] = useState(farewell.peek()?.username);
  const [error, setError] = useState<ChatError | null>(null);
  const [isBusy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const fields = error?.fields ?? {};

  useLayoutEffect(
    () => [...form.current!.querySelectorAll("input")].find(({ value }) => value === "")?.focus(),
    [isNew],
  );

  function turn(toNew: boolean) {
    setNew(toNew);
    setError(null);
  }

  async function onSubmit(event: SubmitEvent) {
    event.preventDefault();
    if (isBusy) return;
    const given = new FormData(form.current!);
    const read = (name: string) => String(given.get(name) ?? "");
    const username = read("username").trim();
    const password = read("password");
    if (!isNew && !(username && password)) return setError(missing(username ? "password" : "username"));
    setBusy(true);
    setError(null);
    let isMade = false;
    try {
      if (isNew) await signUp({ url, username, email: read("email").trim(), password });
      isMade = isNew;
      beginSession((await signIn({ url, username, password })).token);
    } catch (failure) {
      if (isMade) {
        setName(username);
        setNotice("Your account has been made. Log in to use it.");
        setNew(false);
      }
      setError(failure instanceof ChatError ? failure : new ChatError("bad_request", wordsFor(failure)));
      setBusy(false);
    }
  }

  return (
    <main class="sign-in">
      <div class="card">
        <img src="/icon.svg" alt="" width="56" height="56" />
        <h1>{isNew ? "Create your account" : "Welcome back"}</h1>
        <p class="lead">{isNew ? "A name, an address, a password: that is all." : "Log in to go on chatting."}</p>
        {notice && (
          <p class="notice" role="status">
            {notice}
          </p>
        )}
        {/* A form of its own for each, so that a password manager can tell them apart. */}
        <form key={String(isNew)} ref={form} onSubmit={onSubmit} noValidate>
          <Field
            label={isNew ? "Username" : "Username or e-mail"}
            name="username"
            autocomplete="username"
            isVerbatim
            defaultValue={isNew ? "" : name}
            error={fields.username ?? (error?.code === "username_taken" ? error.detail : undefined)}
          />
          {isNew && (
            <Field
              label="E-mail"
              name="email"
              type="email"
              autocomplete="email"
              error={fields.email ?? (error?.code === "email_taken" ? error.detail : undefined)}
            />
          )}
          <Field
            label="Password"
            name="password"
            type="password"
            autocomplete={isNew ? "new-password" : "current-password"}
            hint={isNew ? "6 characters or more." : ""}
            error={fields.password}
          />
          <p class="form-error" role="alert">
            {error && !isFieldError(error) && error.detail}
          </p>
          <button type="submit" class="button primary wide" aria-busy={isBusy}>
            {isNew ? "Create account" : "Log in"}
          </button>
        </form>
        <p class="switch">
          {isNew ? "You have an account?" : "New here?"}{" "}
          <button type="button" class="link" onClick={() => turn(!isNew)}>
            {isNew ? "Log in" : "Create an account"}
          </button>
        </p>
      </div>
    </main>
  );
}

const missing = (field: "username" | "password") =>
  new ChatError("invalid", "Something is missing.", 0, {
    errors: [{ field, message: field === "username" ? "type your username or e-mail address" : "type your password" }],
  });

const isFieldError = ({ code, fields }: ChatError) =>
  ["username_taken", "email_taken"].includes(code) || ["username", "email", "password"].some((name) => name in fields);
