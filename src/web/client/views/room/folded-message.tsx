// Stands in for a message of a blocked user until it is expanded.
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
