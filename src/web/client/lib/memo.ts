// A component that is drawn again only when one of its properties is another.
import { Component, type ComponentChildren, createElement, type FunctionComponent } from "preact";

/** Compares properties one by one, by identity. */
export function memo<P extends object>(draw: (props: P) => ComponentChildren): FunctionComponent<P> {
  class Memo extends Component<P> {
    override shouldComponentUpdate(next: P) {
      const now = this.props as Record<string, unknown>;
      const then = next as Record<string, unknown>;
      return (
        Object.keys(then).some((name) => then[name] !== now[name]) || Object.keys(now).some((name) => !(name in then))
      );
    }

    override render() {
      return createElement(draw as FunctionComponent<P>, this.props as P);
    }
  }
  return Memo as unknown as FunctionComponent<P>;
}
