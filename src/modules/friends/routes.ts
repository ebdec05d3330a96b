// Routes of friends and friend requests, under the seed's paths.
import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { Core } from "../../core.ts";
import { authentication } from "../../http/authentication.ts";
import { PageQuery } from "../../http/pagination.ts";
import { described, refusals } from "../../http/responses.ts";
import { Direction, Friend, FriendRequest } from "../../protocol/friends.ts";
import { PAGE_LIMIT, USERNAME_MAX } from "../../protocol/limits.ts";
import {
  alreadyAnswered,
  alreadyFriends,
  alreadyRequested,
  botsHaveNoFriends,
  cannotBefriendSelf,
  notFound,
  requestDeclined,
  unknownCursor,
  userBlocked,
} from "../../protocol/refusals.ts";
import { Done, IdText, One, Page, Text } from "../../protocol/types.ts";
import {
  answerFriendRequest,
  cancelFriendRequest,
  deleteFriend,
  listFriendRequests,
  listFriends,
  sendFriendRequest,
} from "./service.ts";

const RequestId = Type.Object({ request_id: IdText("The request.", 4) });

export const friendsModule = (core: Core) =>
  new Elysia({ name: "friends", tags: ["Friends"] })
    .use(authentication(core))
    .get(
      "/friends",
      ({ session, query }) => listFriends(core, session.userId, query.cursor, query.limit ?? PAGE_LIMIT),
      {
        auth: "read",
        query: PageQuery,
        response: { 200: Page(Friend), ...refusals(unknownCursor) },
        detail: { operationId: "listFriends", summary: "Your friends", description: "In order of their ids." },
      },
    )
    .get(
      "/friends/requests",
      ({ session, query }) =>
        listFriendRequests(
          core,
          session.userId,
          query.direction ?? "incoming",
          query.cursor,
          query.limit ?? PAGE_LIMIT,
        ),
      {
        auth: "read",
        query: Type.Composite([Type.Object({ direction: Type.Optional(Direction) }), PageQuery]),
        response: { 200: Page(FriendRequest), ...refusals(unknownCursor) },
        detail: {
          operationId: "listFriendRequests",
          summary: "Open friend requests",
          description: "Those that wait for your answer, or with `direction=outgoing` your own.",
        },
      },
    )
    .post(
      "/friends/requests/:friend",
      async ({ session, params, set }) => {
        const request = await sendFriendRequest(core, session.userId, params.friend);
        set.status = 201;
        return { data: request };
      },
      {
        auth: "manage",
        params: Type.Object({
          friend: Text(1, USERNAME_MAX, { description: "A user id or a username.", examples: ["veli"] }),
        }),
        response: {
          201: One(FriendRequest),
          ...refusals(
            botsHaveNoFriends,
            cannotBefriendSelf,
            userBlocked,
            notFound("user"),
            alreadyRequested,
            alreadyFriends,
            requestDeclined(86_400),
          ),
        },
        detail: {
          operationId: "sendFriendRequest",
          summary: "Send a friend request",
          description:
            "When the other side has asked you already, you are friends at once and the answer's status is `accepted`.",
        },
      },
    )
    .post(
      "/requests/:request_id/accept",
      async ({ session, params }) => ({
        data: await answerFriendRequest(core, session.userId, params.request_id, "accepted"),
      }),
      {
        auth: "manage",
        params: RequestId,
        response: {
          200: described(One(FriendRequest), { example: { status: "accepted" } }),
          ...refusals(notFound("request"), alreadyAnswered("accepted")),
        },
        detail: {
          operationId: "acceptFriendRequest",
          summary: "Accept a friend request",
          description: "Only the one who was asked can.",
        },
      },
    )
    .post(
      "/requests/:request_id/decline",
      async ({ session, params }) => ({
        data: await answerFriendRequest(core, session.userId, params.request_id, "declined"),
      }),
      {
        auth: "manage",
        params: RequestId,
        response: {
          200: described(One(FriendRequest), { example: { status: "declined" } }),
          ...refusals(notFound("request"), alreadyAnswered("accepted")),
        },
        detail: {
          operationId: "declineFriendRequest",
          summary: "Decline a friend request",
          description: "Only the one who was asked can. The other one may ask again after a day.",
        },
      },
    )
    .delete(
      "/requests/:request_id",
      async ({ session, params }) => {
        await cancelFriendRequest(core, session.userId, params.request_id);
        return { detail: "Request taken back." };
      },
      {
        auth: "manage",
        params: RequestId,
        response: { 200: Done, ...refusals(notFound("request"), alreadyAnswered("accepted")) },
        detail: {
          operationId: "cancelFriendRequest",
          summary: "Take back a friend request",
          description: "One of your own that was not answered yet.",
        },
      },
    )
    .delete(
      "/friends/:friend_id",
      async ({ session, params }) => {
        await deleteFriend(core, session.userId, params.friend_id);
        return { detail: "You are no longer friends." };
      },
      {
        auth: "manage",
        params: Type.Object({ friend_id: IdText("The friend's user id.", 3) }),
        response: { 200: Done, ...refusals(notFound("friendship"), notFound("user")) },
        detail: { operationId: "removeFriend", summary: "End a friendship", description: "On both sides." },
      },
    );
