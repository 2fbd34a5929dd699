import { createHash } from 'node:crypto';

/** A digest as hexadecimal digits: the same text gives the same one. */
export const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
