/** The answers of a cluster to be made, as they are on screen: plain data, put here by whoever holds and checks them. */
import type { Course } from '../guides/contract.ts';
import type { Request } from '../operations/contract.ts';
import type { Entry } from './operating.ts';

/** Name of the entry that is the file itself. */
export const FILE_ENTRY = '@file';

/** Somebody who holds the right to write it, or why that is not known. */
export interface Other {
  /** `ana as admin on jump1` */
  who?: string;
  /** Epoch ms. */
  since?: number;
  /** Why it is not known whether somebody does. */
  why?: string;
}

export interface Creating {
  /** Where the answers are kept; absent: nowhere yet. */
  file?: string;
  /** Each question that is asked, by its path; the file is the first. */
  entries: readonly Entry[];
  /** What the rules say, errors first. */
  findings: readonly { path: string; severity: 'error' | 'warning'; text: string }[];
  /** Rules that could not be told, with what is not known. */
  unchecked: readonly string[];
  /** What the rules say to the line that is being typed: its entry's name, and the words; empty: nothing. */
  trial?: { name: string; text: string };
  /** Where it stands, once the answers hold. */
  course?: Course;
  /** Who else works on this cluster at this moment; absent: nobody. */
  other?: Other;
  /** The write that builds the ISO again, where that is wanted. */
  rebuild?: Request;
  /** For the people in the rack, while hosts are awaited. */
  rack: readonly string[];
  /** Hosts that have registered and have no place in the answers yet. */
  unnamed: readonly string[];
}
