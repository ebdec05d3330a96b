// Who one is talking to, and what one can do about them.
import type { Chat, Person } from "../../../sdk/index.ts";
import { DetailsPanel } from "./details-panel.tsx";
import { PersonAbout } from "./person-about.tsx";

interface ConversationDetailsProps {
  chat: Chat;
  peer: Person;
  onClose: () => void;
}

export const ConversationDetails = ({ chat, peer, onClose }: ConversationDetailsProps) => (
  <DetailsPanel title="Profile" onClose={onClose}>
    <PersonAbout chat={chat} person={peer} />
  </DetailsPanel>
);
