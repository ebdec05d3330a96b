// The forms to log in and to create an account.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { ChatError, signIn, signUp } from "../../../../sdk/index.ts";
import { lazy } from "../../lib/lazy.tsx";
import { serverUrl } from "../../state/base.ts";
import { deviceTokenOf, rememberDevice } from "../../state/devices.ts";
import { useRegistration } from "../../state/registration.ts";
import { hasLoggedInBefore, loginNotice, startSession } from "../../state/session.ts";
import { errorText } from "../../state/toasts.ts";
import { Field } from "../../ui/field.tsx";
import { Card } from "./card.tsx";
import { ForgotPassword } from "./forgot-password.tsx";
import { NewPasswordField } from "./new-password-field.tsx";

const SecondFactor = lazy(async () => (await import("./second-factor.tsx")).SecondFactor);
const PasskeyLogin = lazy(async () => (await import("./passkey-login.tsx")).PasskeyLogin);
const ProviderButtons = lazy(async () => (await import("./provider-buttons.tsx")).ProviderButtons);

const url = serverUrl;

interface SignInProps {
  /** The code of the invite that led here, if one did; then also the following. */
  invite?: string;
  isNewFirst?: boolean;
  canRegister?: boolean;
  groupName?: string | undefined;
}

export function SignIn({ invite, isNewFirst = false, canRegister: mayRegister, groupName }: SignInProps) {
  const [isNew, setNew] = useState(isNewFirst);
  const registration = useRegistration();
  const mode = registration?.mode;
  const canRegister = mayRegister ?? mode === "open";
  const [notice, setNotice] = useState(loginNotice.peek()?.text);
  /** The form's initial values: what was typed into the other form. */
  const [typed, setTyped] = useState({ username: loginNotice.peek()?.username ?? "", email: "", password: "" });
  const [error, setError] = useState<ChatError | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [isForgotten, setForgotten] = useState(false);
  /** The password was right, and a code is needed as well. */
  const [isHalfway, setHalfway] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const fields = error?.fields ?? {};

  useLayoutEffect(
    () => [...(form.current?.querySelectorAll("input") ?? [])].find(({ value }) => value === "")?.focus(),
    [isNew, isForgotten, isHalfway],
  );

  function read() {
    const given = new FormData(form.current!);
    const text = (name: string) => String(given.get(name) ?? "");
    return { username: text("username").trim(), email: text("email").trim(), password: text("password") };
  }

  function switchForm(toNew: boolean) {
    const { username, email, password } = read();
    // The login form takes either as the username.
    if (toNew && username.includes("@")) setTyped({ username: typed.username, email: username, password });
    else if (toNew) setTyped({ username, email: typed.email, password });
    else setTyped({ username: username || email, email, password });
    setNew(toNew);
    setError(null);
  }

  async function onSubmit(event: SubmitEvent) {
    event.preventDefault();
    if (isBusy) return;
    const { username, email, password } = read();
    if (!isNew && !(username && password)) return setError(missing(username ? "password" : "username"));
    setBusy(true);
    setError(null);
    let isCreated = false;
    try {
      if (isNew) await signUp({ url, username, email, password, invite });
      isCreated = isNew;
      const session = await signIn({ url, username, password, deviceToken: deviceTokenOf(username) });
      rememberDevice(username, session.deviceToken);
      startSession(session.token);
    } catch (failure) {
      if (isCreated) {
        setTyped({ username, email, password });
        setNotice("Your account has been created. Log in to start chatting.");
        setNew(false);
      }
      setBusy(false);
      if (failure instanceof ChatError && failure.code === "second_factor") {
        setTyped({ username, email, password });
        return setHalfway(true);
      }
      setError(failure instanceof ChatError ? failure : new ChatError("bad_request", errorText(failure)));
    }
  }

  if (isHalfway)
    return (
      <Card>
        <SecondFactor username={typed.username} password={typed.password} onBack={() => setHalfway(false)} />
      </Card>
    );
  if (isForgotten)
    return (
      <Card>
        <ForgotPassword
          email={typed.username.includes("@") ? typed.username : typed.email}
          onBack={() => setForgotten(false)}
        />
      </Card>
    );
  return (
    <Card>
      <h1>{isNew ? "Create your account" : hasLoggedInBefore() ? "Welcome back" : "Log in"}</h1>
      <p class="lead">
        {groupName !== undefined ? (
          <>
            To join <bdi>{groupName}</bdi>
            {isNew ? ", all you need is a username, an e-mail address and a password." : "."}
          </>
        ) : isNew ? (
          "All you need is a username, an e-mail address and a password."
        ) : hasLoggedInBefore() ? (
          "Log in to pick up where you left off."
        ) : (
          "Chat with friends and groups."
        )}
      </p>
      {notice && (
        <p class="notice" role="status">
          {notice}
        </p>
      )}
      {/* Keyed, so that each is a form of its own to password managers. */}
      <form key={String(isNew)} ref={form} onSubmit={onSubmit} noValidate>
        <Field
          label={isNew ? "Username" : "Username or e-mail"}
          name="username"
          autocomplete={isNew ? "username" : "username webauthn"}
          isVerbatim
          defaultValue={typed.username}
          error={fields.username ?? (error?.code === "username_taken" ? error.detail : undefined)}
        />
        {isNew && (
          <Field
            label="E-mail"
            name="email"
            type="email"
            autocomplete="email"
            defaultValue={typed.email}
            error={fields.email ?? (error?.code === "email_taken" ? error.detail : undefined)}
          />
        )}
        {isNew ? (
          <NewPasswordField label="Password" name="password" defaultValue={typed.password} error={fields.password} />
        ) : (
          <Field
            label="Password"
            name="password"
            type="password"
            autocomplete="current-password"
            defaultValue={typed.password}
            error={fields.password}
          />
        )}
        <p class="form-error" role="alert">
          {error && !isFieldError(error) && errorText(error)}
        </p>
        <button type="submit" class="button primary wide" aria-busy={isBusy}>
          {/* A proof of work takes a phone a few seconds. */}
          {!isNew ? "Log in" : isBusy ? "Creating your account…" : "Create account"}
        </button>
      </form>
      {!isNew && registration?.passkeys && <PasskeyLogin />}
      {registration && registration.providers.length > 0 && <ProviderButtons providers={registration.providers} />}
      {!isNew && (
        <p class="switch">
          <button
            type="button"
            class="link"
            onClick={() => {
              setTyped(read());
              setForgotten(true);
            }}
          >
            Forgot your password?
          </button>
        </p>
      )}
      {(isNew || canRegister) && (
        <p class="switch">
          {isNew ? "Already have an account?" : "New here?"}{" "}
          <button type="button" class="link" onClick={() => switchForm(!isNew)}>
            {isNew ? "Log in" : "Create an account"}
          </button>
        </p>
      )}
      {!isNew && !canRegister && mode === "invite" && (
        <p class="switch">New here? You need the link of an invite to create an account.</p>
      )}
    </Card>
  );
}

const missing = (field: "username" | "password") =>
  new ChatError("invalid", "A field is empty.", 0, {
    errors: [
      { field, message: field === "username" ? "enter your username or e-mail address" : "enter your password" },
    ],
  });

const isFieldError = ({ code, fields }: ChatError) =>
  ["username_taken", "email_taken"].includes(code) || ["username", "email", "password"].some((name) => name in fields);
