import { useState } from 'preact/hooks';
import { go, withParameters } from '../../shell/address.js';
import { isComplete, readSteps, type Step, writeSteps } from './steps.js';

export interface Draft {
  readonly steps: readonly Step[];
  /** Shows them so; the address follows as soon as each says what it is. */
  readonly change: (steps: readonly Step[]) => void;
  /** Shows them so; the address stays as it is: somebody is still writing. */
  readonly write: (steps: readonly Step[]) => void;
}

/** The steps as they are edited. Another address (Back, a link) is another draft. @param text of the address */
export function useDraft(text: string): Draft {
  const [draft, setDraft] = useState<{ of: string; steps: readonly Step[] }>({ of: text, steps: readSteps(text) });
  const write = (steps: readonly Step[]) => setDraft({ of: text, steps });
  return {
    steps: draft.of === text ? draft.steps : readSteps(text),
    write,
    change: (steps) => {
      const to = writeSteps(steps);
      if (!steps.every(isComplete) || to === text) return write(steps);
      setDraft({ of: to, steps });
      go(withParameters({ steps: to }));
    },
  };
}
