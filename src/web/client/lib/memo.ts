// A component that re-renders only when one of its props changes.
import { Component, type ComponentChildren, createElement, type FunctionComponent } from "preact";

/** Compares props one by one, by identity. */
export function memo<P extends object>(render: (props: P) => ComponentChildren): FunctionComponent<P> {
  class Memo extends Component<P> {
    override shouldComponentUpdate(next: P) {
      const previous = this.props as Record<string, unknown>;
      const current = next as Record<string, unknown>;
      return (
        Object.keys(current).some((name) => current[name] !== previous[name]) ||
        Object.keys(previous).some((name) => !(name in current))
      );
    }

    override render() {
      return createElement(render as FunctionComponent<P>, this.props as P);
    }
  }
  return Memo as unknown as FunctionComponent<P>;
}
