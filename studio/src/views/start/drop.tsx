/** Where files are dropped, or chosen by keys. */
import { useId, useRef, useState } from 'react';
import { useStudio } from '../../studio.tsx';

export function Drop() {
  const { openFiles, busy } = useStudio();
  const [isOver, setOver] = useState(false);
  const single = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const id = useId();
  const take = (files: FileList | readonly File[] | null): void => {
    if (files && files.length > 0) void openFiles([...files]);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the buttons within do the same by keys
    <div
      className={`drop${isOver ? ' over' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void filesOf(event.dataTransfer).then(take);
      }}
    >
      <p>
        Drop a table (.csv, .parquet, .json, .jsonl), an array (.npy, .npz, IDX), pictures, a folder of them, or a model
        (.safetensors) here.
      </p>
      <p className="buttons">
        <button type="button" className="button" disabled={busy !== undefined} onClick={() => single.current?.click()}>
          Choose files
        </button>
        <button
          type="button"
          className="button quiet-button"
          disabled={busy !== undefined}
          onClick={() => folder.current?.click()}
        >
          Choose a folder
        </button>
      </p>
      <label className="hidden" htmlFor={`${id}-files`}>
        Files of data
      </label>
      <input
        id={`${id}-files`}
        ref={single}
        className="hidden"
        type="file"
        multiple
        tabIndex={-1}
        onChange={({ target }) => take(target.files)}
      />
      <label className="hidden" htmlFor={`${id}-folder`}>
        A folder of data
      </label>
      <input
        id={`${id}-folder`}
        ref={folder}
        className="hidden"
        type="file"
        tabIndex={-1}
        // Not in React's types: a folder instead of files.
        {...{ webkitdirectory: '' }}
        onChange={({ target }) => take(target.files)}
      />
    </div>
  );
}

/** Files that were dropped, those in folders too, with their paths. */
async function filesOf({ items, files }: DataTransfer): Promise<File[]> {
  const entries = [...items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (!entries.some(({ isDirectory }) => isDirectory)) return [...files];
  return (await Promise.all(entries.map((entry) => filesIn(entry)))).flat();
}

async function filesIn(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    Object.defineProperty(file, 'webkitRelativePath', { value: entry.fullPath.slice(1) });
    return [file];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const inner: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) break;
    inner.push(...some);
  }
  return (await Promise.all(inner.map((one) => filesIn(one)))).flat();
}
