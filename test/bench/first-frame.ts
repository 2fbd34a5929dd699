import { type Context, isLive, QUIET, startProgram, warmHome } from './context.ts';
import type { Figure } from './figures.ts';
import { hasFrame, Program } from './program.ts';

const RUNS = 10;
const LIMIT_MS = 250;

/** From the start of the process to the first frame on the terminal, with and without compiled code in the cache. */
export async function measureFirstFrame(context: Context): Promise<Figure[]> {
  context.say(`first frame: ${RUNS} starts with a warm compile cache, ${RUNS} with none`);
  const home = await warmHome(context);
  const take = async (warm: boolean): Promise<number> => {
    const program = startProgram(context, {
      home: warm ? home : undefined,
      args: ['--namespace', QUIET.namespace],
      size: { columns: 80, rows: 24 },
    });
    const at = await program.until('the first frame', hasFrame);
    await program.until('live data', isLive);
    await program.quit();
    return at - program.startedAt;
  };
  const warm: number[] = [];
  const cold: number[] = [];
  const floor: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    warm.push(await take(true));
    cold.push(await take(false));
    floor.push(await nodeAlone(context));
  }
  return [
    { what: 'first frame, code compiled before', values: warm, unit: 'ms', limit: LIMIT_MS },
    { what: 'first frame, first start ever', values: cold, unit: 'ms', limit: LIMIT_MS },
    { what: 'floor: node writing one word', values: floor, unit: 'ms', note: "this bench's node, in the same pty" },
  ];
}

async function nodeAlone(context: Context): Promise<number> {
  const program = new Program({
    file: process.execPath,
    args: ['-e', 'process.stdout.write("metaldeck")'],
    size: { columns: 80, rows: 24 },
    home: context.folder,
  });
  const at = await program.until('a word', hasFrame);
  await program.quit();
  return at - program.startedAt;
}
