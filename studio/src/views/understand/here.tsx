/** What the place that is looked at decodes to, beside what is there in the data. */
import type { Decoded } from '../../../worker/codes.ts';
import { Examples } from '../../parts/examples.tsx';
import { figure } from '../../parts/figures.ts';

export function Here({ decoded }: { readonly decoded?: Decoded }) {
  if (!decoded)
    return (
      <div className="here">
        <p className="quiet">Move over the map.</p>
      </div>
    );
  const { made, originals, nearest, error } = decoded;
  return (
    <div className="here" aria-live="off">
      <h3>What this place decodes to</h3>
      <Examples shown={made} name="Decoded" size={160} />
      <h3>Nearest in the data</h3>
      <Examples shown={originals} name="Nearest examples" size={48} />
      <p className="quiet">
        The nearest is {figure(nearest[0]?.distance ?? Number.NaN)} away in the code
        {error !== undefined && `; what is decoded differs from it by ${figure(error)} (mean squared, in scaled units)`}
        .
      </p>
    </div>
  );
}
