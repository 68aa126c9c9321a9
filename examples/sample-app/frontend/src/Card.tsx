import { type ReactNode, useId } from "react";

/** A titled section; an error in it is said aloud by screen readers. */
export function Card({ title, error, children }: { title: string; error?: string; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
      <p role="alert" className="error">
        {error}
      </p>
    </section>
  );
}
