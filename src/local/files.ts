/**
 * Small files of one user that several metaldecks may read and write at once. Nothing here is worth a crash: what cannot
 * be read counts as not there, and a write that fails says so to whoever asked for it.
 */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { appendFile, chmod, mkdir, open, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';

const MINE = 0o600;
const { O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY, O_APPEND } = constants;

/** Makes a folder that only its owner may enter. */
export async function prepare(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // One that was there already may stand open, and a reason is not for everybody on a jump host.
  await chmod(folder, 0o700);
}

/** A file's last `most` bytes as text; `undefined` where there is no such file, or none to be read. Follows no link. */
export async function tail(path: string, most: number): Promise<string | undefined> {
  try {
    // A pipe in a file's place must not be waited for.
    const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      const { size } = await file.stat();
      const from = Math.max(0, size - most);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(size, most)), 0, Math.min(size, most), from);
      return buffer.subarray(0, bytesRead).toString('utf8');
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}

/** Puts a whole file in another's place at one stroke: who reads meanwhile sees the old one or the new one. */
export async function replace(folder: string, name: string, text: string): Promise<void> {
  await prepare(folder);
  const draft = join(folder, `.${name}.${randomBytes(6).toString('hex')}`);
  const file = await open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, MINE);
  try {
    await file.writeFile(text, 'utf8');
  } finally {
    await file.close();
  }
  try {
    await rename(draft, join(folder, name));
  } catch (error) {
    await unlink(draft).catch(() => {});
    throw error;
  }
}

/** Appends in one write, so that lines of two processes do not mix. */
export async function append(folder: string, name: string, text: string): Promise<void> {
  await prepare(folder);
  await appendFile(join(folder, name), text, { mode: MINE, flag: O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW });
}
