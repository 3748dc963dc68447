import type { ReactElement } from 'react';
import type { Notice } from '../domain/notice.ts';
import { Icon } from './Icon.tsx';

/** What the reader should know before believing what is shown; each stays until it is dismissed. */
export function NoticeList(props: {
  readonly notices: readonly Notice[];
  readonly onDismiss: (notice: Notice) => void;
}): ReactElement {
  const { notices, onDismiss } = props;
  return (
    <div className="tomoclick-notices" aria-live="polite">
      {notices.map(notice => (
        <div key={notice.title + notice.detail} className="tomoclick-caution" data-cy="tomoclick-caution">
          <div>
            <strong>{notice.title}</strong>
            <p>{notice.detail}</p>
          </div>
          <button
            type="button"
            className="tomoclick-quiet"
            title="Dismiss"
            aria-label={`Dismiss: ${notice.title}`}
            onClick={() => onDismiss(notice)}
            data-cy="tomoclick-caution-dismiss"
          >
            <Icon name="clear" />
          </button>
        </div>
      ))}
    </div>
  );
}
