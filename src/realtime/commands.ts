// The commands that concern the connection itself rather than a feature. Those of features are in modules/<feature>/commands.ts.
import { type AuthCommand, pong } from "../protocol/connection.ts";
import type { RoomCommand } from "../protocol/rooms.ts";
import type { ResumeCommand } from "../protocol/sync.ts";
import type { CommandConnection, CommandHandlers } from "./types.ts";
import type { Typing } from "./typing.ts";

const PONG = pong.encode({});

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
