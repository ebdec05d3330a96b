// Opens the dialog in which something is reported, from wherever that is offered.
import { closeDialog, openDialog } from "../../state/dialog.ts";
import { chat } from "../../state/session.ts";
import { ReportDialog, type ReportSubject } from "./report-dialog.tsx";

export function report(subject: ReportSubject) {
  openDialog.value = <ReportDialog chat={chat.peek()!} subject={subject} onClose={closeDialog} />;
}
