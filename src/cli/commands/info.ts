/** `autoencoder info MODEL`: what a model file holds. */
import type { Command } from 'commander';
import { sizeOf } from '../../graph/tensor.ts';
import { readModel } from '../model-argument.ts';
import { makeTerminal, short } from '../terminal.ts';

export function addInfo(program: Command): void {
  program
    .command('info')
    .summary('show what a model file holds')
    .description('Shows what a model is, what it was trained on, how good it was, and its warnings.')
    .argument('<model>', 'a model.safetensors, or the folder of a run')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  autoencoder info runs/digits')
    .action(async (path: string, flags: { json?: boolean }) => {
      const terminal = makeTerminal(flags.json ?? false);
      const { file, bytes, card, model } = await readModel(path);
      const { blueprint, data, training, results, baselines, warnings } = card;
      const parameters = model.parameters.reduce((total, { shape }) => total + sizeOf(shape), 0);
      const options = (values: Readonly<Record<string, unknown>>): string =>
        Object.entries(values)
          .map(([name, value]) => `${name} ${value}`)
          .join(', ');
      const facts: [string, string][] = [
        ['file', `${file} (${bytes.toLocaleString('en')} bytes)`],
        ['kind', `${blueprint.kind.name} (${options(blueprint.kind.options) || 'no options'})`],
        ['network', `${blueprint.network.name} (${options(blueprint.network.options)})`],
        ['shape', `${blueprint.shape.join('×')} → ${blueprint.latent} → ${blueprint.shape.join('×')}`],
        [
          'loss',
          blueprint.vocabulary > 0
            ? `${blueprint.loss}, ${blueprint.vocabulary} different tokens`
            : `${blueprint.loss}, ${blueprint.output} output`,
        ],
        ['parameters', parameters.toLocaleString('en')],
        [
          'trained on',
          `${data.name}, ${data.examples.toLocaleString('en')} examples, ${training.history.length} epochs (best: ${training.bestEpoch})`,
        ],
        ...Object.entries(results).map(([name, value]) => [name, short(value)] as [string, string]),
        ...Object.entries(baselines).flatMap(([name, figures]) =>
          Object.entries(figures).map(([figure, value]) => [`${name} ${figure}`, short(value)] as [string, string]),
        ),
        ...warnings.map(({ name, text }) => ['warning', `${name}: ${text}`] as [string, string]),
      ];
      for (const [name, value] of facts) terminal.say(`${name.padEnd(26)}${value}`);
      terminal.result({
        file,
        bytes,
        parameters,
        ...card,
        tensors: model.parameters.map(({ name, shape }) => ({ name, shape })),
      });
    });
}
