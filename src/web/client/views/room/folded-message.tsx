// Stands for what somebody wrote whom one has blocked, until one asks to see it.
interface FoldedMessageProps {
  isCurrent: boolean;
  onShow: () => void;
}

export const FoldedMessage = ({ isCurrent, onShow }: FoldedMessageProps) => (
  <span class="body folded">
    Message from someone you blocked.{" "}
    <button type="button" class="link" tabIndex={isCurrent ? 0 : -1} onClick={onShow}>
      Show
    </button>
  </span>
);
