import type { ComponentChildren } from 'preact';

/** The properties of the control of a field. */
interface Attributes {
  readonly id: string;
  readonly name: string;
  readonly 'aria-invalid'?: boolean;
  readonly 'aria-describedby'?: string;
}

interface Of {
  readonly label: string;
  /** The name in the API. */
  readonly name: string;
  /** The defect of the field, in the API's words. */
  readonly problems: Readonly<Record<string, string>>;
  readonly wide?: boolean;
  readonly children: (attributes: Attributes) => ComponentChildren;
}

/** A field with its label, and what is wrong with it. */
export function Field({ label, name, problems, wide = false, children }: Of) {
  const id = `field-${name.replace('.', '-')}`;
  const problem = problems[name];
  return (
    <div class={wide ? 'field wide' : 'field'}>
      <label for={id}>{label}</label>
      {children({
        id,
        name,
        ...(problem === undefined ? {} : { 'aria-invalid': true, 'aria-describedby': `${id}-problem` }),
      })}
      {problem !== undefined && (
        <span class="problem" id={`${id}-problem`}>
          {problem}
        </span>
      )}
    </div>
  );
}
