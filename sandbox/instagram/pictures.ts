/** Draws a photo as SVG; each shortcode gets its own colours. */
export function drawPicture(shortcode: string): string {
  const hue = Buffer.from(shortcode).reduce((sum, byte) => sum + byte, 0) % 360;
  const color = (turn: number, light: number): string =>
    `hsl(${String((hue + turn) % 360)} 45% ${String(light)}%)`;
  const jacket = 'M330 250 400 225 470 250 530 300 505 390 470 370V540H330V370L295 390 270 300z';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 600">
<rect width="800" height="600" fill="${color(0, 84)}"/>
<circle cx="630" cy="140" r="62" fill="${color(60, 92)}"/>
<path d="M0 400 170 210 300 350 450 180 640 380 720 310 800 380V600H0z" fill="${color(10, 62)}"/>
<path d="M0 470 220 370 420 480 610 400 800 490V600H0z" fill="${color(20, 44)}"/>
<path d="${jacket}" fill="${color(150, 40)}"/>
<path d="M360 240 400 262 440 240 425 285H375z" fill="${color(150, 28)}"/>
<path d="M400 285V540" stroke="${color(150, 70)}" stroke-width="5"/>
</svg>`;
}
