/** What somebody says of a session: to a gate, to hold on, to go on, to go another way. */
import type { Gate, Guide, Unsigned } from '../guides/contract.ts';
import { presentStage } from '../guides/next.ts';
import { shut } from '../guides/session.ts';
import { settledChoice } from './choose.ts';
import type { Objects } from './objects.ts';
import type { Drive, DriverOptions, Standing } from './types.ts';

export interface WordsParts {
  options: DriverOptions;
  objects: Objects;
  guide: Guide;
  standing(): Standing;
  /** Why somebody may not speak for the session here. */
  mayNote(): string | undefined;
  /** Notes it, and tells anew; gives why it could not be noted. */
  say(said: Unsigned): Promise<string | undefined>;
  /** Whether its journal is here. */
  isHere(): Promise<boolean>;
}

/** The part of a drive that only notes. */
export function wordsFor({
  options,
  objects,
  guide,
  standing,
  mayNote,
  say,
  isHere,
}: WordsParts): Pick<Drive, 'confirm' | 'override' | 'hold' | 'goOn' | 'choose'> {
  const gatesNow = (): readonly Gate[] => {
    const { course } = standing();
    return course ? [...course.gates, ...(presentStage(course)?.gates ?? [])] : [];
  };
  const gateNamed = (name: string) => gatesNow().find((gate) => gate.name === name);
  const noGate = (name: string, isMeant: (gate: Gate) => boolean): string => {
    const names = gatesNow().filter((gate) => shut(gate) && isMeant(gate));
    const there = names.length > 0 ? names.map((gate) => gate.name).join(', ') : 'none';
    return `there is no gate ${name} before the present stage; what waits for an answer there: ${there}`;
  };

  return {
    async confirm(name, words) {
      const gate = gateNamed(name);
      const why = mayNote() ?? (gate ? undefined : noGate(name, ({ asks }) => asks !== undefined));
      if (why !== undefined) return why;
      if (gate!.asks === undefined) return `${name} wants no words: it passes when what it looks at is so`;
      if (words.trim().length < 3) return `say in words of your own ${gate!.asks}`;
      return say({ note: 'confirmed', gate: name, words: words.trim() });
    },

    async override(name, typed) {
      const gate = gateNamed(name);
      const why = mayNote() ?? (gate ? undefined : noGate(name, ({ override }) => override === 'typed'));
      if (why !== undefined) return why;
      if (!shut(gate!)) return `${name} does not stand in the way`;
      if (gate!.override === 'never') return `${name} cannot be gone through: ${gate!.figure}`;
      if (typed !== name) return `that is not "${name}": it still stands in the way`;
      return say({ note: 'overrode', gate: name, figure: gate!.figure });
    },

    // Anybody who can reach the journal may say stop.
    async hold(how, reason) {
      if (options.runner.readOnly !== undefined) return options.runner.readOnly;
      if (standing().closed) return `the session is ${standing().closed}`;
      if (!(await isHere())) return 'its journal is not here: whoever drives it must hold it';
      return say({ note: 'held', how, ...(reason ? { why: reason } : {}) });
    },

    async goOn() {
      return mayNote() ?? say({ note: 'went on' });
    },

    async choose(values) {
      const not = mayNote();
      if (not !== undefined) return not;
      const settled = await settledChoice(options, objects, guide, standing().session, values);
      return 'refused' in settled ? settled.refused : say({ note: 'chose', values: settled.values });
    },
  };
}
