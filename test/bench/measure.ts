/** The bench from beginning to end: a server, fleets on it, each part in turn, and the table. */
import path from 'node:path';
import { measureBytes } from './bytes.ts';
import { type Context, QUIET } from './context.ts';
import { type Figure, table } from './figures.ts';
import { measureFirstFrame } from './first-frame.ts';
import { measureLive } from './live.ts';
import { describeLoad, describeMachine } from './machine.ts';
import type { Options, Part } from './options.ts';
import { seedFleet } from './seed.ts';
import { startServer } from './server.ts';
import { measureSimulator } from './simulator.ts';
import { measureSync } from './sync.ts';

/** `large`: needs the large fleet, on a real server. */
const MEASURES: Readonly<Record<Part, { large: boolean; run(context: Context): Promise<Figure[]> }>> = {
  'first-frame': { large: false, run: measureFirstFrame },
  bytes: { large: false, run: measureBytes },
  sync: { large: true, run: measureSync },
  live: { large: true, run: measureLive },
  simulator: { large: false, run: measureSimulator },
};

/** Measures, and prints as it goes. `folder` is for files that nobody needs afterwards. */
export async function measure(options: Options & { program: string; folder: string }): Promise<void> {
  const say = (line: string) => console.log(`${line}  (${describeLoad()})`);
  console.log(describeMachine());
  console.log(
    `program: ${options.program}; while measured, the server and its writers give way to it, as if elsewhere`,
  );
  const server = await startServer(options.folder);
  try {
    const context: Context = {
      server,
      file: path.resolve(options.program),
      hosts: options.hosts,
      runs: options.runs,
      quietSince: 0,
      folder: options.folder,
      say,
    };
    await seed(context, QUIET.namespace, QUIET.hosts);
    context.quietSince = performance.now();
    const parts = (Object.keys(MEASURES) as Part[]).filter((part) => options.parts.has(part));
    const possible = parts.filter((part) => server.real || !MEASURES[part].large);
    if (!server.real) {
      say('KUBEBUILDER_ASSETS and METALDECK_TEST_CRDS do not name a real API server: the embedded one stands in');
      const left = parts.filter((part) => !possible.includes(part));
      if (left.length > 0) say(`not measured without a real server: ${left.join(', ')}`);
    }
    server.giveWay();
    const figures: Figure[] = [];
    let seeded = false;
    for (const part of possible) {
      // As late as can be: a server that has just taken 80,000 writes is busy with them for a while.
      if (MEASURES[part].large && !seeded) {
        await seed(context, server.target.namespace, options.hosts);
        seeded = true;
      }
      // One part that cannot be measured must not cost what the others have found.
      try {
        figures.push(...(await MEASURES[part].run(context)));
      } catch (error) {
        process.exitCode = 1;
        say(`${part} could not be measured: ${error instanceof Error ? error.message : error}`);
      }
    }
    say('done');
    console.log(`\n${table(figures)}`);
  } finally {
    await server.stop();
  }
}

async function seed({ server, say }: Context, namespace: string, hosts: number): Promise<void> {
  const transport = server.transport();
  const began = performance.now();
  const requests = await seedFleet(transport, namespace, hosts);
  const seconds = (performance.now() - began) / 1000;
  transport.close();
  say(`seeded ${hosts} hosts into ${namespace}: ${requests} writes in ${seconds.toFixed(1)} s`);
}
