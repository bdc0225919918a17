"""The figure tags in Django templates: {% load figures %}, then as in a text. Values may be variables here."""

from django import template
from django.template.base import FilterExpression, Node, TemplateSyntaxError, Token

from codes.figure_tags import SHAPES, FigureError, Tag, checked
from codes.figures import Figures, fetch

register = template.Library()


class FigureNode(Node):
    def __init__(self, name: str, args: list[FilterExpression], options: dict[str, FilterExpression]):
        self.name, self.args, self.options = name, args, options

    @property
    def is_constant(self) -> bool:
        return not any(value.is_var for value in [*self.args, *self.options.values()])

    def tag(self, context) -> Tag:
        args = tuple(str(value.resolve(context)) for value in self.args)
        return checked(
            Tag(self.name, args, tuple(sorted((k, str(v.resolve(context))) for k, v in self.options.items())))
        )

    def render(self, context) -> str:
        tag = self.tag(context)
        if not self.is_constant:
            return fetch([tag]).html(tag)
        return self._of_template(context).html(tag)

    def _of_template(self, context) -> Figures:
        """Read once for all constant tags of the template that is being rendered."""
        page = context.render_context
        if self not in page.get("figure_nodes", ()):
            nodes = {self, *nodes_of(context.template), *nodes_of(page.template)}
            page["figure_nodes"] = nodes
            page["figures"] = fetch(node.tag(context) for node in nodes)
        return page["figures"]


def nodes_of(template) -> list[FigureNode]:
    """The constant figure tags of a compiled template."""
    return [node for node in template.nodelist.get_nodes_by_type(FigureNode) if node.is_constant]


def compile_figure(parser, token: Token) -> FigureNode:
    name, *bits = token.split_contents()
    args, options = [], {}
    for bit in bits:
        key, equals, value = bit.partition("=")
        if equals and key.isidentifier():
            options[key] = parser.compile_filter(value)
        else:
            args.append(parser.compile_filter(bit))
    node = FigureNode(name, args, options)
    if node.is_constant:
        try:
            node.tag(template.Context())
        except FigureError as error:
            raise TemplateSyntaxError(f"{token.contents}: {error}") from error
    return node


for tag_name in SHAPES:
    register.tag(tag_name, compile_figure)
