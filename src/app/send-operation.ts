/** From a plan on screen to the server: the dry run that must precede every write, and the write. */
import type { Rehearsed, Runner } from '../runner/api.ts';
import type { Store } from '../store/store.ts';
import type { Desk, Open } from './open-operation.ts';
import { answersOf, unmarked } from './operating.ts';

export interface SendOptions {
  store: Store;
  runner: Pick<Runner, 'dryRun' | 'run'>;
  desk: Desk;
  /** Says something that should not be missed. */
  notice(text: string): void;
  /** Looks again what is under way and what is broken off. */
  refresh(id: string | undefined): Promise<void>;
  /** The operation on screen has come to stand in that list. */
  onSent(): void;
  /** It is written, as a whole or in part: what was entered is in the cluster. */
  onWritten(mine: Open): void;
  /** Epoch ms. */
  now(): number;
}

export interface Sender {
  /** Asks the server what it would say. */
  ask(mine: Open): Promise<void>;
  /** Writes what was rehearsed. */
  send(mine: Open, words: readonly string[]): Promise<void>;
}

export function createSender({ store, runner, desk, notice, refresh, onSent, onWritten, now }: SendOptions): Sender {
  const { show } = desk;
  const isOpen = (mine: Open) => desk.open() === mine;

  /** Nothing was written: it is planned again, so that what moved is shown beside what was confirmed. */
  function readAgain(mine: Open, why: string): void {
    mine.prepared = undefined;
    mine.rehearsed = undefined;
    show({ stage: 'reading', notWritten: why, answers: [] });
    desk.follow(mine);
  }

  return {
    async ask(mine) {
      const { prepared } = mine;
      if (!prepared) return;
      mine.asked += 1;
      const number = mine.asked;
      mine.rehearsed = undefined;
      show({ stage: 'asking', answers: [], problem: undefined });
      const rehearsed = await (mine.by ?? runner).dryRun(prepared).catch((error: unknown): Rehearsed => {
        const refused = error instanceof Error ? error.message : String(error);
        return { steps: [], missing: [], refused };
      });
      if (!isOpen(mine) || mine.asked !== number || mine.sending) return;
      mine.rehearsed = rehearsed;
      show({
        stage: rehearsed.refused === undefined ? 'ready' : 'rejected',
        problem: rehearsed.refused,
        answers: answersOf(rehearsed.steps),
        answeredAt: now(),
      });
    },

    async send(mine, words) {
      const { prepared, rehearsed } = mine;
      if (!prepared || !rehearsed) return;
      mine.sending = true;
      mine.stop();
      const { title } = prepared.plan;
      const written = new Set(prepared.already);
      show({ stage: 'sending', written: [...written], moved: [], notWritten: undefined });
      store.setState({ writing: title });
      const result = await (mine.by ?? runner).run(prepared, rehearsed, {
        confirm: words,
        onProgress(event) {
          if (event.state === 'written') written.add(event.step);
          if (isOpen(mine)) show({ written: [...written] });
        },
      });
      mine.sending = false;
      store.setState({ writing: undefined });
      const why = `${result.result}: ${result.why ?? 'it did not come to its end'}`;
      if (result.result === 'refused' || result.result === 'nothing written') {
        if (isOpen(mine)) readAgain(mine, why);
        else notice(`${title}: ${why}`);
        return;
      }
      mine.sentId = result.id;
      // Where an answer is lost, the document may be all there is of it.
      if (result.result !== 'in doubt') onWritten(mine);
      store.setState(({ places }) => ({ places: places.map(unmarked) }));
      // How it ended is said at once: to look at what is half done takes long where the line is cut.
      if (result.result === 'written') {
        if (isOpen(mine)) show({ stage: 'sent', written: [...written], id: result.id });
        else notice(`${title}: written; o lists what is followed`);
        // A full disk behind the last write: it stands, and the journal lacks it.
        if (result.why !== undefined) notice(result.why);
      } else if (isOpen(mine)) show({ stage: 'stopped', problem: why, written: [...written], id: result.id });
      else notice(`${title}: ${why}`);
      onSent();
      await refresh(result.id);
      onSent();
    },
  };
}
