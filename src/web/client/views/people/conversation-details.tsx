// The details of a conversation: the other person's profile.
import type { Chat, Person } from "../../../../sdk/index.ts";
import { DetailsPanel } from "../room/details-panel.tsx";
import { Profile } from "./profile.tsx";

interface ConversationDetailsProps {
  chat: Chat;
  peer: Person;
  onClose: () => void;
}

export const ConversationDetails = ({ chat, peer, onClose }: ConversationDetailsProps) => (
  <DetailsPanel title="Profile" onClose={onClose}>
    <Profile chat={chat} person={peer} />
  </DetailsPanel>
);
