/** Small bars: a histogram, or a number for each dimension of the code. */
interface Props {
  readonly name: string;
  readonly values: readonly number[];
  /** Words below the first and the last bar. */
  readonly ends: readonly [string, string];
}

export function Bars({ name, values, ends }: Props) {
  const most = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-12);
  const zero = values.some((value) => value < 0) ? 40 : 80;
  const width = 240 / Math.max(1, values.length);
  const tall = (value: number): number => ((zero - 2) * Math.abs(value)) / most;
  return (
    <figure className="bars">
      <figcaption>{name}</figcaption>
      <svg viewBox="0 0 240 80" preserveAspectRatio="none" role="img" aria-label={`${name}: ${values.length} bars`}>
        {values.map((value, at) => (
          <rect
            key={at}
            x={at * width}
            width={Math.max(0.5, width - (width > 3 ? 1 : 0))}
            y={value < 0 ? zero : zero - tall(value)}
            height={tall(value)}
          />
        ))}
      </svg>
      <p className="ends">
        <span>{ends[0]}</span>
        <span>{ends[1]}</span>
      </p>
    </figure>
  );
}
