/** One line of attention. */
import type { Acknowledgement } from '../domain/acknowledge.ts';
import type { Cause } from '../domain/explain/attention.ts';

export interface AttentionItem extends Cause {
  acknowledged?: Acknowledgement;
  /** Not seen before. */
  fresh: boolean;
}
