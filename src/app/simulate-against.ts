import type { Options } from '../cli.ts';
import type { Running } from './simulate.ts';
export async function against(_options: Options, _version: string): Promise<Running> {
  throw new Error('later');
}
