/** A random mixture of the others, at most a few at once; all of it heals in the end. */

import { liftAll, minute, NotHere, type Plot, type Scenario, type Stage } from './scenario.ts';

/** So many scenarios are played before it ends. */
const rounds = 12;
/** So many at once at most. */
const atOnce = 2;

interface Running {
  scenario: Scenario;
  stage: Stage;
  plot: Plot | undefined;
}

/** Chaos out of `scenarios`. What needs power over the API server is left out: it would hide all the rest; so is what lies in wait. */
export function chaosOf(scenarios: readonly Scenario[]): Scenario {
  return {
    name: 'chaos',
    about: 'A random mixture of all the others, two at once, of which each is healed after a while.',
    lookFor: 'everything; what is going on is told by the ConfigMap sim-scenario',
    start: (stage) =>
      chaos(
        scenarios.filter(({ needsServer, stays, waits }) => !needsServer && !stays && !waits),
        stage,
      ),
  };
}

async function* chaos(scenarios: readonly Scenario[], stage: Stage): Plot {
  const { random } = stage;
  const running: Running[] = [];
  stage.onHeal(() => healAll(running));
  const rest = () => ({ next: 'something', after: random.integer(1, 4) * minute });
  for (let left = rounds; left > 0 || running.length > 0; ) {
    const one = running[random.integer(0, running.length)];
    if (left > 0 && running.length < atOnce && (!one || random.chance(0.5))) {
      yield { did: await begin(scenarios, stage, running, left--), ...rest() };
    } else if (one?.plot) {
      yield { did: await goOn(one), ...rest() };
    } else if (one) {
      yield* healOne(one, running);
      yield { did: `${one.scenario.name}: healed`, ...rest() };
    }
  }
  yield { did: 'everything was healed' };
}

async function begin(scenarios: readonly Scenario[], stage: Stage, running: Running[], round: number): Promise<string> {
  const scenario = stage.random.pick(scenarios.filter((one) => running.every((other) => other.scenario !== one)));
  const own = stage.child(`${round}-${scenario.name}`);
  const one: Running = { scenario, stage: own, plot: scenario.start(own) };
  running.push(one);
  try {
    return await goOn(one);
  } catch (error) {
    if (!(error instanceof NotHere)) throw error;
    one.plot = undefined;
    return `${scenario.name}: not now, ${error.message}`;
  }
}

async function goOn(one: Running): Promise<string> {
  const result = await one.plot?.next();
  if (!result || result.done) one.plot = undefined;
  else if (result.value.next === undefined) one.plot = undefined;
  return `${one.scenario.name}: ${result && !result.done ? result.value.did : 'has done its worst'}`;
}

async function* healOne(one: Running, running: Running[]): Plot {
  yield* one.scenario.heal?.(one.stage) ?? liftAll(one.stage);
  running.splice(running.indexOf(one), 1);
}

async function* healAll(running: Running[]): Plot {
  for (let one = running.at(-1); one; one = running.at(-1)) yield* healOne(one, running);
}
