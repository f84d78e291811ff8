"""Make `nbs/docs/run.html`, the page of one run that the site shows: `python nbs/docs/run.py TRACE`, a minute. The run is kept in the folder TRACE; if that is there, only the page is made anew.

The scene and the instruction of the README, with the short settings that the stepper has for ablations: few updates at a high learning rate, so that the page stays small."""
import sys
from pathlib import Path
from mix2mix.core import seeded
from mix2mix.distill import distill
from mix2mix.mini import fast_format, load_student, load_teacher
from mix2mix.page import write_page
from mix2mix.stepper import SHORT, Lens
from mix2mix.trace import Watch, load_trace, record
from mix2mix.views import world_views
from mix2mix.world import dome_cameras, make_scene

def run(folder):
    "Edit, and keep every update."
    views,prompt = world_views(make_scene(900000), *dome_cameras(4, 900000)), 'make the ball colourful'
    teacher,student,watch = load_teacher(),load_student(autocast=fast_format()),Watch()
    steps = distill(views, prompt, teacher, student, gen=seeded(0), **SHORT, **watch.stages)
    record(steps, folder, views=views, prompt=prompt, teacher=teacher, student=student, watch=watch, seed=0, model='mini')

if __name__ == '__main__':
    folder = Path(sys.argv[1])
    if not folder.exists(): run(folder)
    page = write_page(Lens(load_trace(folder)), Path(__file__).with_name('run.html'), per_tau=2, taus=3)
    print(page, f'{page.stat().st_size/1e6:.1f} MB')
