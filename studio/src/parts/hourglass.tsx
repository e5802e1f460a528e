/** The autoencoder as an hourglass: each layer as wide as it has units, the code in the neck. */
import type { Plan } from '../../worker/plan.ts';
import { count } from './figures.ts';

interface Props {
  readonly plan: Plan;
  /** Widths of the hidden layers, where they can be changed by hand. */
  readonly hidden?: readonly number[];
  readonly onHidden: (widths: readonly number[]) => void;
  readonly onCode: (latent: number) => void;
}

const HEIGHT = 260;
const LEAST = 10;

export function Hourglass({ plan, hidden: given, onHidden, onCode }: Props) {
  const { layers, width, latent } = plan;
  const encoder = layers.filter(({ side }) => side === 'encoder');
  // Bars are sliders where each is one of the widths: not where convolutions come before them.
  const hidden = given?.length === encoder.length - 1 && encoder.every(({ kernel }) => !kernel) ? given : undefined;
  const decoder = layers.filter(({ side }) => side === 'decoder');
  const bars = [
    { name: 'input', units: width, words: count(width), isCode: false },
    // The last layer of the encoder gives the code, the last one of the decoder the reconstruction.
    ...encoder
      .slice(0, -1)
      .map((layer) => ({ name: layer.name, units: layer.width, words: words(layer), isCode: false })),
    { name: 'code', units: latent, words: `code ${count(latent)}`, isCode: true },
    ...decoder
      .slice(0, -1)
      .map((layer) => ({ name: layer.name, units: layer.width, words: words(layer), isCode: false })),
    { name: 'output', units: width, words: count(width), isCode: false },
  ];
  const largest = Math.max(...bars.map(({ units }) => units));
  const size = (units: number): number => LEAST + (HEIGHT - LEAST) * (Math.log1p(units) / Math.log1p(largest)) ** 1.5;
  const step = 90;
  const x = (at: number): number => 30 + at * step;
  const total = x(bars.length - 1) + 46;
  const middle = HEIGHT / 2 + 10;
  /** Bars of the encoder and the code are sliders: up is wider. */
  const handles = (layer: number | 'code' | undefined, units: number): React.SVGProps<SVGRectElement> => {
    if (layer === undefined) return {};
    const set = (value: number): void => {
      const wanted = Math.max(1, Math.min(layer === 'code' ? width : 8192, Math.round(value)));
      if (layer === 'code') onCode(wanted);
      else onHidden((hidden ?? []).map((old, place) => (place === layer ? wanted : old)));
    };
    return {
      role: 'slider',
      tabIndex: 0,
      'aria-label': layer === 'code' ? 'Width of the code' : `Width of hidden layer ${layer + 1}`,
      'aria-valuenow': units,
      'aria-valuemin': 1,
      onKeyDown: (event) => {
        const factor = { ArrowUp: 1.25, ArrowRight: 1.25, ArrowDown: 0.8, ArrowLeft: 0.8 }[event.key];
        if (factor === undefined) return;
        event.preventDefault();
        set(factor > 1 ? Math.max(units + 1, units * factor) : Math.min(units - 1, units * factor));
      },
      onPointerDown: (event) => {
        const bar = event.currentTarget;
        const from = event.clientY;
        bar.setPointerCapture(event.pointerId);
        // 40 pixels are twice, or half, as many units.
        const moved = (next: PointerEvent): void => set(units * 2 ** ((from - next.clientY) / 40));
        const ended = (): void => {
          bar.removeEventListener('pointermove', moved);
          bar.removeEventListener('pointerup', ended);
        };
        bar.addEventListener('pointermove', moved);
        bar.addEventListener('pointerup', ended);
      },
    };
  };
  const about = `An hourglass of ${bars.length} layers: ${bars.map(({ words: said }) => said).join(', ')}.`;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
    <section className="scroll hourglass" aria-label="The layers" tabIndex={0}>
      <svg viewBox={`0 0 ${total} ${HEIGHT + 50}`} style={{ minWidth: Math.min(total, 520) }}>
        <title>{about}</title>
        {bars.slice(1).map((bar, at) => {
          const [before, after] = [size(bars[at].units), size(bar.units)];
          return (
            <path
              key={bar.name}
              className="flow"
              d={`M${x(at) + 16} ${middle - before / 2} C${x(at) + 55} ${middle - before / 2} ${x(at + 1) - 39} ${middle - after / 2} ${x(at + 1)} ${middle - after / 2} V${middle + after / 2} C${x(at + 1) - 39} ${middle + after / 2} ${x(at) + 55} ${middle + before / 2} ${x(at) + 16} ${middle + before / 2}Z`}
            />
          );
        })}
        {bars.map(({ name, units, words: said, isCode }, at) => (
          <g key={name}>
            <rect
              className={isCode ? 'layer code' : 'layer'}
              x={x(at)}
              y={middle - size(units) / 2}
              width={16}
              height={size(units)}
              rx={5}
              {...handles(isCode ? 'code' : at <= (hidden?.length ?? 0) && at > 0 ? at - 1 : undefined, units)}
            />
            <text x={x(at) + 8} y={HEIGHT + 36} textAnchor="middle" className={isCode ? 'strong' : undefined}>
              {said}
            </text>
          </g>
        ))}
      </svg>
    </section>
  );
}

function words({ width, kernel }: Plan['layers'][number]): string {
  return kernel ? `${width} of ${kernel.join('×')}` : count(width);
}
