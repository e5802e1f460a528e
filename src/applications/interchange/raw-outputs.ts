/** From what the network gives back to raw values, as ONNX nodes: the same arithmetic as `data/columns/undo.ts`. */
import { type ColumnScaling, ruleWidth } from '../../data/columns/form.ts';
import type { NodeList } from '../../engine/onnx/node-list.ts';
import { ELEMENT_TYPE } from '../../engine/onnx/protobuf.ts';
import type { RawValue } from './raw-inputs.ts';

/** An output of the file, and the value that it is. */
export interface Given extends RawValue {
  readonly value: string;
}

/** Adds the nodes between the scaled `reconstruction` and the outputs of it. */
export function addUndoing(list: NodeList, scaling: ColumnScaling, reconstruction: string): Given[] {
  const whole = (value: string, dtype: RawValue['dtype'], shape: readonly number[], description: string): Given[] => [
    { name: 'reconstruction', dtype, shape, description, value },
  ];
  switch (scaling.form) {
    case 'pixels': {
      const bytes = list.add('Mul', [reconstruction, list.numbers('float32', [], [255])]);
      const bounds = [0, 255].map((value) => list.numbers('float32', [], [value]));
      const rounded = list.add('Clip', [list.add('Round', [bytes]), ...bounds]);
      const value = list.add('Cast', [rounded], { to: { int: ELEMENT_TYPE.uint8 } });
      return whole(value, 'uint8', scaling.shape, 'the pictures, rebuilt');
    }
    case 'array': {
      const { shape, offset, scale } = scaling;
      const value = list.add('Cast', [unscaled(list, reconstruction, shape, offset, scale)], {
        to: { int: ELEMENT_TYPE.float32 },
      });
      return whole(value, 'float32', shape, 'the examples, rebuilt, in their own units');
    }
    case 'tokens': {
      const value = list.add('Cast', [reconstruction], { to: { int: ELEMENT_TYPE.int64 } });
      return whole(value, 'int64', scaling.shape, 'the most likely tokens');
    }
    case 'columns':
      return columnsOf(list, scaling, reconstruction);
    default:
      return scaling satisfies never;
  }
}

function columnsOf(list: NodeList, { columns }: Extract<ColumnScaling, { form: 'columns' }>, scaled: string): Given[] {
  const widths = columns.map(ruleWidth);
  const parts =
    columns.length === 1
      ? [scaled]
      : list.addSeveral('Split', [scaled, list.numbers('int64', [widths.length], widths)], widths.length, {
          axis: { int: 1 },
        });
  const axis = list.numbers('int64', [1], [1]);
  return columns.map((rule, at): Given => {
    const name = `reconstruction.${rule.name}`;
    const description = `column ${JSON.stringify(rule.name)}, rebuilt`;
    if (rule.type === 'numeric') {
      const value = unscaled(list, list.add('Squeeze', [parts[at], axis]), [], [rule.offset], [rule.scale]);
      return { name, dtype: 'float64', shape: [], description, value };
    }
    const place = list.add('ArgMax', [parts[at]], { axis: { int: 1 }, keepdims: { int: 0 } });
    const value = list.add('Gather', [list.texts([rule.categories.length], rule.categories), place], {
      axis: { int: 0 },
    });
    return { name, dtype: 'string', shape: [], description: `${description}: the most likely category`, value };
  });
}

/** scaled · scale + offset, as doubles. */
function unscaled(
  list: NodeList,
  scaled: string,
  shape: readonly number[],
  offset: readonly number[],
  scale: readonly number[],
): string {
  const double = list.add('Cast', [scaled], { to: { int: ELEMENT_TYPE.float64 } });
  const stretched = list.add('Mul', [double, list.numbers('float64', shape, scale)]);
  return list.add('Add', [stretched, list.numbers('float64', shape, offset)]);
}
