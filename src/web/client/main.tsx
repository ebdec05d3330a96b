// The entry point of the web client, which is served at `/` and built on the SDK alone.
import { render } from "preact";
import { guardDrops } from "./lib/drop-guard.ts";
import { startBlocked } from "./state/blocked.ts";
import { startNotifications } from "./state/notifications.ts";
import { resumeSession } from "./state/session.ts";
import { startTheme } from "./state/theme.ts";
import { startTitle } from "./state/title.ts";
import "./style/index.css";
import { raiseToasts, toastLayer } from "./ui/toast-layer.ts";
import { Toasts } from "./ui/toasts.tsx";
import { App } from "./views/app.tsx";

resumeSession();
startTheme();
startTitle();
startBlocked();
startNotifications();
guardDrops();
render(<App />, document.getElementById("app")!);
render(<Toasts />, toastLayer);
raiseToasts();
