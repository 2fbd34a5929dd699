/** The disk, as the journal needs it: append and flush, nothing else. Tests put their own in its place. */
import { constants } from 'node:fs';
import { chmod, type FileHandle, mkdir, open, readdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** One open file. */
export interface Appender {
  /** Appends `text` in one write and flushes it to the disk. Throws where not all of it is safe there. */
  append(text: string): Promise<void>;
  close(): Promise<void>;
}

export interface Files {
  /** Makes a folder that only its owner may enter. */
  prepare(folder: string): Promise<void>;
  /** Names of the files in a folder; none where there is no folder. */
  list(folder: string): Promise<string[]>;
  /** Throws ENOENT where there is no file. */
  read(path: string): Promise<string>;
  /** A new file that only its owner may read. Throws EEXIST. */
  create(path: string): Promise<Appender>;
  /** An existing file. Throws ENOENT. */
  open(path: string): Promise<Appender>;
}

const MINE = 0o600;
const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;

/** The real disk. */
export const disk: Files = {
  async prepare(folder) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // One that was there already may stand open, and what the journal says is not for everybody on a jump host.
    await chmod(folder, 0o700);
  },
  async list(folder) {
    try {
      return (await readdir(folder)).sort();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  },
  read: (path) => readFile(path, 'utf8'),
  async create(path) {
    const file = await open(path, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW, MINE);
    try {
      await flushFolder(dirname(path));
    } catch (error) {
      await file.close();
      throw error;
    }
    return appender(file);
  },
  open: async (path) => appender(await open(path, O_WRONLY | O_APPEND | O_NOFOLLOW)),
};

/** A new file survives a power cut only once the folder that names it does. */
async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function appender(file: FileHandle): Appender {
  return {
    async append(text) {
      const bytes = Buffer.from(text, 'utf8');
      // One write: two processes that append at the same time must not mix their lines.
      const { bytesWritten } = await file.write(bytes, 0, bytes.length);
      if (bytesWritten < bytes.length) {
        throw Object.assign(new Error('only a part of the line was written'), { code: 'ENOSPC' });
      }
      await file.datasync();
    },
    close: () => file.close(),
  };
}
