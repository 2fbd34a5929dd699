/** The fleet's figures, kept by differences: a changed row takes away what it counted for and adds what it counts for. */
import type { ClusterRow, Counters, GroupRow, HostRow, MachineRow, PlanRow } from './rows.ts';

type Figures = readonly (keyof Counters)[];

/**
 * Every host counts once among in use, free, busy, bad and unpooled; one whose allocation state is missing or unknown
 * counts among none of them.
 */
function hostFigure({ use, problem, waiting }: HostRow): keyof Counters | undefined {
  if (use === 'unavailable' || problem?.severity === 'bad') return 'bad';
  switch (use) {
    case 'running':
      return 'inUse';
    case 'free':
      return 'free';
    case 'allocated':
      // A host given to a machine that cannot be seen: in use, and not known to be on its way.
      return waiting === undefined ? 'inUse' : 'busy';
    case 'reprovisioning':
    case 'preparing':
      return 'busy';
    case 'unpooled':
      return 'unpooled';
    default:
      return undefined;
  }
}

function hostFigures(row: HostRow): Figures {
  const figure = hostFigure(row);
  return figure ? ['hosts', figure] : ['hosts'];
}

function machineFigures({ phase, problem }: MachineRow): Figures {
  const figures: (keyof Counters)[] = ['machines'];
  if (phase === 'Running') figures.push('machinesRunning');
  if (problem?.severity === 'bad') figures.push('machinesBad');
  return figures;
}

/** Plans that run, and plans that fail, whether or not the agent tries again. */
function planFigures({ state, inFlight }: PlanRow): Figures {
  if (state.word === 'failed' || state.word === 'retrying' || state.word === 'rerun-failed') return ['plansBad'];
  return state.word === 'pending' || (state.word === 'unknown' && inFlight) ? ['plansRunning'] : [];
}

function groupFigures({ rolling }: GroupRow): Figures {
  return rolling ? ['groups', 'groupsRolling'] : ['groups'];
}

type Counted = HostRow | MachineRow | PlanRow | GroupRow | ClusterRow;

function figuresOf(row: Counted): Figures {
  switch (row.kind) {
    case 'host':
      return hostFigures(row);
    case 'machine':
      return machineFigures(row);
    case 'plan':
      return planFigures(row);
    case 'group':
      return groupFigures(row);
    case 'cluster':
      return ['clusters'];
  }
}

const ZERO: Counters = {
  hosts: 0,
  inUse: 0,
  free: 0,
  busy: 0,
  bad: 0,
  unpooled: 0,
  machines: 0,
  machinesRunning: 0,
  machinesBad: 0,
  plansRunning: 0,
  plansBad: 0,
  groups: 0,
  groupsRolling: 0,
  clusters: 0,
};

/** Keeps the figures. */
export class Tally {
  #counters: Counters = ZERO;

  get counters(): Counters {
    return this.#counters;
  }

  /** Takes in changed rows; the same counters stay where nothing changes in sum. */
  take(changes: readonly { before?: Counted; after?: Counted }[]): void {
    if (changes.length === 0) return;
    const next = { ...this.#counters };
    for (const { before, after } of changes) {
      if (before) for (const figure of figuresOf(before)) next[figure] -= 1;
      if (after) for (const figure of figuresOf(after)) next[figure] += 1;
    }
    const figures = Object.keys(next) as (keyof Counters)[];
    if (figures.some((figure) => next[figure] !== this.#counters[figure])) this.#counters = next;
  }
}
