/** Trouble with the API server of the management cluster itself. Its pauses are real time: clients wait in that. */

import { type Scenario, second } from './scenario.ts';

const apiRestart: Scenario = {
  name: 'api-restart',
  about: 'The API server is restarted: connections break, and after a while it goes on where it was.',
  lookFor: 'panels going stale within 15 seconds and live again a moment after; no change is missed',
  needsServer: true,
  async *start(stage) {
    // Who begins with this scenario has to get in first.
    yield { did: 'the API server is to be restarted', next: 'it goes down', after: 15 * second * stage.speed };
    for (let round = 1; round <= 3; round++) {
      const back = stage.server!.stop();
      stage.onHeal(async () => back());
      const down = { next: 'it comes back', after: 20 * second * stage.speed };
      yield { did: `the API server went down (${round})`, ...down };
      back();
      const up = round < 3 ? { next: 'it is restarted again', after: 60 * second * stage.speed } : {};
      yield { did: `the API server came back (${round})`, ...up };
    }
  },
};

const historyLost: Scenario = {
  name: 'history-lost',
  about: 'etcd is compacted and every watch ends: whoever goes on where he was is told 410 Expired.',
  lookFor: 'clients that list everything anew; nothing deleted meanwhile may stay on screen',
  needsServer: true,
  async *start(stage) {
    for (let round = 1; round <= 5; round++) {
      stage.server!.loseHistory();
      const more = round < 5 ? { next: 'it is compacted again', after: 30 * second * stage.speed } : {};
      yield { did: `the history was lost (${round})`, ...more };
    }
  },
};

export const serverScenarios: readonly Scenario[] = [apiRestart, historyLost];
