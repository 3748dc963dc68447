import { Component, createElement, createRef, type ComponentType, type ReactNode } from 'react';
import { createRoot, type Root } from 'react-dom/client';

/**
 * A component for OHIF to render that hosts what it shows in a React root of our own. A plugin loaded at run time
 * brings its own copy of React, whose hooks fail under OHIF's (error 321); classes without hooks work under both.
 */
export function hostInOwnRoot(content: () => ReactNode): ComponentType {
  return class OwnRoot extends Component {
    private readonly host = createRef<HTMLDivElement>();
    private root: Root | null = null;

    override componentDidMount(): void {
      if (!this.host.current) return;
      this.root = createRoot(this.host.current);
      this.root.render(content());
    }

    override componentWillUnmount(): void {
      const { root } = this;
      // OHIF's React may still be rendering; a root must not be taken down from within another's render.
      setTimeout(() => root?.unmount());
    }

    override render(): ReactNode {
      return createElement('div', { ref: this.host, style: { height: '100%' } });
    }
  };
}
