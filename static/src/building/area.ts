/** A rectangle on a plan, in thousandths of its width and height. */
export interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

export const WHOLE = 1000;
/** As webapp/schools/models.py has it. */
export const LEAST = 20;

/** The rectangle between two corners, whichever they are, as far as it lies on the plan. */
export function between(one: { x: number; y: number }, other: { x: number; y: number }): Area {
  const [x0, x1] = [one.x, other.x].map(onPlan).sort(byValue) as [number, number];
  const [y0, y1] = [one.y, other.y].map(onPlan).sort(byValue) as [number, number];
  return within({ x: x0, y: y0, width: x1 - x0, height: y1 - y0 });
}

/** The rectangle of this size around a point. */
export function around(at: { x: number; y: number }, width: number, height: number): Area {
  return within({ x: at.x - width / 2, y: at.y - height / 2, width, height });
}

/** Moved by so much, as far as the plan goes. */
export function moved(area: Area, x: number, y: number): Area {
  return within({ ...area, x: area.x + x, y: area.y + y });
}

/** Its right and lower edge moved, or with `left` and `top` the other ones, as far as the plan goes. */
export function resized(area: Area, x: number, y: number, left = false, top = false): Area {
  const [x0, x1] = edges(area.x, area.x + area.width, x, left);
  const [y0, y1] = edges(area.y, area.y + area.height, y, top);
  return { x: x0, y: y0, width: x1 - x0, height: y1 - y0 };
}

function edges(first: number, last: number, by: number, isFirst: boolean): [number, number] {
  if (isFirst) return [Math.round(clamp(first + by, 0, last - LEAST)), Math.round(last)];
  return [Math.round(first), Math.round(clamp(last + by, first + LEAST, WHOLE))];
}

function within(area: Area): Area {
  const width = Math.round(clamp(area.width, LEAST, WHOLE));
  const height = Math.round(clamp(area.height, LEAST, WHOLE));
  return {
    x: Math.round(clamp(area.x, 0, WHOLE - width)),
    y: Math.round(clamp(area.y, 0, WHOLE - height)),
    width,
    height,
  };
}

function onPlan(value: number): number {
  return clamp(value, 0, WHOLE);
}

function byValue(one: number, other: number): number {
  return one - other;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
