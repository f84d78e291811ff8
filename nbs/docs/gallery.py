"""Make the pictures of the gallery and judge them, a quarter of an hour on two cores: `python nbs/docs/gallery.py`. A picture that is there is kept: remove it to make it again.

Which scenes and instructions is settled here, before anything has run: of the first fourteen held-out problems from seed 901000 on, one of each kind, these eight kinds.
Every method runs once, with its default settings and seed 0; nothing is left out afterwards."""
import json
from dataclasses import replace
from pathlib import Path
import numpy as np
import torch
from PIL import Image
from mix2mix.benchmark import find_truth, full_method, problems, source_views, teacher_alone
from mix2mix.core import grid, seeded
from mix2mix.couple import couple_edit
from mix2mix.metrics import judge
from mix2mix.mini import fast_format, load_student, load_teacher

FIRST = 901_000
KINDS = ('recolour','colourful','stripes','shape','remove','hat','floor','snow')
SIZE,GAP = 64,2    # pixels: a view, and the white between two
folder = Path(__file__).resolve().parents[1]/'results'/'gallery'

def asked():
    "The eight problems."
    return [p for p in problems(14, FIRST) if p.edit.kind in KINDS]

def coupled(problem, views, teacher, student, gen):
    "Coupled sampling."
    return couple_edit(views, problem.edit.instruction, teacher, student, gen=gen)

METHODS = teacher_alone, coupled, full_method    # from top to bottom in each picture

def rows(kind):
    "What is stored: for each method its views, (views, 3, H, W)."
    sheet = torch.from_numpy(np.array(Image.open(folder/f'{kind}.png').convert('RGB'))).permute(2,0,1)/255
    return [torch.stack([sheet[:, r*(SIZE+GAP):, c*(SIZE+GAP):][:,:SIZE,:SIZE] for c in range(4)]) for r in range(len(METHODS))]

def judged(p, teacher, student):
    "For each method: what its views show, whether all show one and the same valid outcome, the reprojection error; and which outcome is nearest to the last method's views."
    views = source_views(p); small,truth = views.crop(SIZE),find_truth(p, teacher, student)
    seen = [judge(replace(small, imgs=r), views, p.scene, p.edit, truth=truth) for r in rows(p.edit.kind)]
    nearest = (truth.shown[:truth.found.valid] - rows(p.edit.kind)[-1]).square().mean((1,2,3,4)).argmin()
    return dict(shows=[list(j.shows) for j in seen], same=[j.same for j in seen], reprojection=[round(j.reprojection, 4) for j in seen], nearest=nearest.item())

if __name__ == '__main__':
    teacher,said = load_teacher(),{}
    for p in asked():
        if not (file := folder/f'{p.edit.kind}.png').exists():
            edited = [f(p, source_views(p), teacher, load_student(autocast=fast_format()), seeded(0)).imgs for f in METHODS]    # a fresh student each: distilling trains it
            grid(*edited, gap=GAP).save(file, optimize=True)
        said[p.edit.kind] = dict(instruction=p.edit.instruction, seed=p.seed, **judged(p, teacher, load_student()))
        print(p.edit.instruction, *said[p.edit.kind]['shows'], flush=True)
    (folder/'judged.json').write_text(json.dumps(said, indent=1)+'\n')
