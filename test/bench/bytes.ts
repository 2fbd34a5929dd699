import { type Context, isLive, QUIET, startProgram, warmHome } from './context.ts';
import { type Figure, median } from './figures.ts';
import { hostPlace } from './layout.ts';
import { type Program, pause } from './program.ts';

const IDLE_MS = 10_000;
const SAMPLES = 5;
const TRIES = 20;
const SAMPLE_MS = 600;
/** Younger than this, an age is counted in seconds. */
const AGES_SETTLE_MS = 65_000;
const HEADING = 2;

interface Sample {
  bytes: number;
  /** Cells that look different. */
  cells: number;
  /** All of them belong to the clock or to an age: that is what time itself changes. */
  timeOnly: boolean;
}

/** Which columns of a list line are an age. */
function ageColumns(program: Program): { from: number; to: number } {
  const to = program.line(HEADING).indexOf(' FOR ') + 4;
  return { from: to - 6, to };
}

/** What came to the screen while `act` ran and `ms` went by. */
async function sample(program: Program, ms: number, act: () => void | Promise<void>): Promise<Sample> {
  const before = program.cells();
  const first = program.chunks.length;
  await act();
  await pause(ms);
  const age = ageColumns(program);
  let cells = 0;
  let timeOnly = true;
  program.cells().forEach((row, y) => {
    row.forEach((cell, x) => {
      if (cell === before[y]![x]) return;
      cells += 1;
      const ofTime = y === 0 ? x >= row.length - '00:00:00Z'.length : y > HEADING && x >= age.from && x < age.to;
      timeOnly &&= ofTime;
    });
  });
  const bytes = program.chunks.slice(first).reduce((sum, chunk) => sum + chunk.bytes, 0);
  return { bytes, cells, timeOnly };
}

/** Takes samples until enough of them are `good`: time may change a cell of its own in between. */
async function samples(
  program: Program,
  act: (number: number) => void | Promise<void>,
  good: (sample: Sample) => boolean,
): Promise<Sample[]> {
  const taken: Sample[] = [];
  for (let number = 0; number < TRIES && taken.length < SAMPLES; number += 1) {
    const one = await sample(program, SAMPLE_MS, () => act(number));
    if (good(one)) taken.push(one);
  }
  if (taken.length === 0) throw new Error(`no sample was clean:\n${program.text()}`);
  return taken;
}

/** What is sent while nothing changes but the time. */
async function idle(program: Program): Promise<{ all: number; besidesTime: number }> {
  let all = 0;
  let besidesTime = 0;
  for (let ms = 0; ms < IDLE_MS; ms += SAMPLE_MS) {
    const one = await sample(program, Math.min(SAMPLE_MS, IDLE_MS - ms), () => {});
    all += one.bytes;
    if (!one.timeOnly) besidesTime += one.bytes;
  }
  return { all, besidesTime };
}

/** What goes over the wire for the smallest changes, on the hosts screen of a quiet fleet at 200x50. */
export async function measureBytes(context: Context): Promise<Figure[]> {
  context.say(`bytes: a quiet fleet of ${QUIET.hosts} hosts`);
  const home = await warmHome(context);
  const program = startProgram(context, { home, args: ['--namespace', QUIET.namespace, '--view', 'hosts'] });
  await program.until('live data', isLive);
  await pause(Math.max(3_000, context.quietSince + AGES_SETTLE_MS - performance.now()));
  const still = await idle(program);

  const transport = context.server.transport();
  const names = Array.from({ length: QUIET.hosts }, (_, index) => hostPlace(index).name).sort();
  const path = `/apis/elemental.cattle.io/v1beta1/namespaces/${QUIET.namespace}/machineinventories/${names[10]}`;
  const address = '/spec/observedNetwork/interfaces/0/addresses/0';
  const renumber = async (number: number) => {
    const body = [{ op: 'replace', path: address, value: `10.20.0.${number % 10}` }];
    await transport.json({ method: 'PATCH', path, contentType: 'application/json-patch+json', body });
  };
  await renumber(9);
  await pause(SAMPLE_MS);
  const cell = await samples(program, renumber, ({ cells }) => cells === 1);
  const isMove = ({ bytes, timeOnly }: Sample) => bytes > 0 && !timeOnly;
  const down = await samples(program, () => program.type('j'), isMove);
  let turn = 0;
  const ends = await samples(program, () => program.type(turn++ % 2 === 0 ? 'G' : 'g'), isMove);
  transport.close();
  await program.quit();

  const bytesOf = (all: readonly Sample[]) => all.map(({ bytes }) => bytes);
  const note = (all: readonly Sample[]) => `${median(all.map(({ cells }) => cells)).toFixed(0)} cells look different`;
  const seconds = IDLE_MS / 1000;
  const figures: Figure[] = [
    { what: 'one cell changed', values: bytesOf(cell), unit: 'bytes', limit: 60 },
    {
      what: `nothing changed for ${seconds} s`,
      values: [still.besidesTime],
      unit: 'bytes',
      limit: 0,
      note: `${still.all} with the clock and ages that moved`,
    },
    { what: 'cursor moved by one row', values: bytesOf(down), unit: 'bytes', note: note(down) },
    { what: 'cursor to the other end', values: bytesOf(ends), unit: 'bytes', note: note(ends) },
  ];
  return figures;
}
