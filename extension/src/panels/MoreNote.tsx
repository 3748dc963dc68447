import { useState, type ReactElement } from 'react';

/** Says that a list has an end that is not the end, and goes on with it. */
export function MoreNote(props: {
  /** What is listed, and searched. */
  readonly text: string;
  readonly onMore: () => Promise<void>;
  /** For tests. */
  readonly name: string;
}): ReactElement {
  const { text, onMore, name } = props;
  const [isAsking, setAsking] = useState(false);
  const ask = async (): Promise<void> => {
    setAsking(true);
    await onMore();
    setAsking(false);
  };
  return (
    <div className="tomoclick-more" role="status" data-cy={`tomoclick-more-${name}`}>
      <span>{text}</span>
      <button type="button" disabled={isAsking} onClick={() => void ask()}>
        {isAsking ? 'Looking …' : 'Look further'}
      </button>
    </div>
  );
}
