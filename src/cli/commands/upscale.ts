/** `autoencoder upscale`: pictures with more pixels, by a model trained on sharp ones. */
import type { Command } from 'commander';
import { type Enlarging, upscale } from '../../applications/upscale.ts';
import { OptionError } from '../../base/errors.ts';
import { oneOf } from '../flags.ts';
import { repairPictures } from '../restoration-answer.ts';
import { addRestorationFlags, type RestorationFlags, restorationRun, trainRestoration } from '../restoration-use.ts';
import { makeTerminal } from '../terminal.ts';

interface Flags extends RestorationFlags {
  readonly factor?: string;
}

const FACTORS = ['2', '3', '4'];

export function addUpscale(program: Command, signal: AbortSignal): void {
  const command = program
    .command('upscale')
    .summary('pictures with more pixels')
    .description(
      'Makes pictures two, three or four times as high and wide, with the edges sharper than interpolation leaves them, by a model trained on sharp pictures.',
    )
    .addOption(
      oneOf(
        program.createOption('--factor <n>', 'how many times as many pixels a side the model is to make (default: 2)'),
        FACTORS,
      ),
    );
  addRestorationFlags(command);
  command.addHelpText(
    'after',
    '\nExamples:\n  autoencoder upscale --fit photos/ --factor 2 --out larger\n  autoencoder upscale larger small.png --out large.png\n  autoencoder upscale larger photos/ --spoil',
  );
  command.action(async (model: string | undefined, pictures: string[], flags: Flags) => {
    const terminal = makeTerminal(flags.json ?? false);
    const words = model === undefined ? [] : [model, ...pictures];
    const asked = flags.factor === undefined ? undefined : upscale.schema.parse({ factor: Number(flags.factor) });
    const run = await restorationRun(upscale, words, flags, () => asked ?? { factor: 2 });
    if (run) return trainRestoration(upscale, run, terminal, signal);
    const howFrom = (learned: Enlarging): Enlarging => {
      if (asked === undefined || asked.factor === learned.factor) return learned;
      throw new OptionError({
        where: `--factor ${asked.factor}`,
        expected: `${learned.factor}, which the model is made for`,
        got: `${asked.factor}`,
        fix: `leave it out, or make a model with --fit PICTURES --factor ${asked.factor}`,
      });
    };
    return repairPictures(upscale, words, flags, { howFrom }, terminal, signal);
  });
}
