// The commands that concern the connection itself rather than a feature. Those of features are in modules/<feature>/commands.ts.
import type { AuthCommand, ResumeCommand, RoomCommand } from "../protocol/commands.ts";
import type { CommandConnection, CommandHandlers } from "./types.ts";
import type { Typing } from "./typing.ts";

const PONG = JSON.stringify({ type: "pong" });

export const connectionCommands = (typing: Typing): CommandHandlers => ({
  ping: { run: (connection: CommandConnection) => connection.send(PONG) },
  auth: { run: (connection: CommandConnection, { token }: AuthCommand) => connection.renew(token) },
  resume: { run: (connection: CommandConnection, command: ResumeCommand) => connection.resume(command) },
  "typing.start": {
    run: (connection: CommandConnection, command: RoomCommand) =>
      typing.start(connection.session, connection.roomOf(command)),
  },
  "typing.stop": {
    run: (connection: CommandConnection, command: RoomCommand) =>
      typing.stop(connection.session.userId, connection.roomOf(command)),
  },
});
