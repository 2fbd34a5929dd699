/** Scenarios on the command line: which there are, and whether there is one of a name. */
import { UsageError } from '../cli.ts';
import { listScenarios, scenarioNames } from '../simulator/scenarios/index.ts';

/** Prints all of them; gives the exit code. */
export function printScenarios(): number {
  process.stdout.write(`${listScenarios(Math.min(120, process.stdout.columns || 100))}\n`);
  return 0;
}

/** Throws UsageError where there is no scenario of that name. */
export function checkScenario(name: string): void {
  if (scenarioNames.includes(name)) return;
  const near = scenarioNames.filter((one) => one.split('-').some((word) => name.includes(word)));
  const hint = near.length > 0 ? `; did you mean ${near.join(', ')}?` : ';';
  throw new UsageError(`There is no scenario "${name}"${hint} --list-scenarios tells them all. Nothing was started.`);
}
