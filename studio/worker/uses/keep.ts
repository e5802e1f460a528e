/** What a use made, to be taken along: the folder that the command takes. */
import type { FolderFiles } from 'autoencoder/browser';
import { zipSync } from 'fflate';
import type { Block } from './use.ts';

/** @param usage What the command is told after the folder: `DATA`. */
export function keep(command: string, usage: string, files: FolderFiles): Block[] {
  return [
    {
      block: 'words',
      tone: 'quiet',
      text: `To keep: unpacked into a folder, this is what the command takes: autoencoder ${command} FOLDER ${usage}.`,
    },
    { block: 'file', name: `${command}.zip`, type: 'application/zip', bytes: zipSync(files, { level: 0 }) },
  ];
}
